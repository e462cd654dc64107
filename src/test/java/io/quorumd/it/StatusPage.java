package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The status page in a real browser, which notes every complaint and every host that is asked. */
final class StatusPage implements AutoCloseable {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final int WIDE = 1200;
    private static final int PHONE = 390;

    private final Playwright playwright;
    private final BrowserContext context;
    private final Page page;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> foreign = new CopyOnWriteArrayList<>();

    StatusPage(String url) {
        Tool.require(CHROMIUM.toString());
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setArgs(List.of("--no-sandbox")));
        context = browser.newContext(new Browser.NewContextOptions().setViewportSize(WIDE, 900));
        page = context.newPage();
        page.setDefaultTimeout(60_000);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
        page.onRequest(request -> {
            if (!request.url().startsWith(url)) {
                foreign.add(request.url());
            }
        });
        page.navigate(url);
    }

    Page page() {
        return page;
    }

    void assertNoComplaints() {
        assertThat(complaints).as("console").isEmpty();
        assertThat(foreign).as("requests to elsewhere").isEmpty();
    }

    /** Light, dark, and on a phone: nothing wider than the screen, no violation of WCAG that axe finds; a picture of each. */
    void assertGoodLooking(String state) {
        for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            look(state + "-" + theme.name().toLowerCase(java.util.Locale.ROOT), theme, WIDE);
        }
        look(state + "-phone", ColorScheme.LIGHT, PHONE);
        look(state + "-phone-dark", ColorScheme.DARK, PHONE);
        page.setViewportSize(WIDE, 900);
    }

    private void look(String name, ColorScheme theme, int width) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(theme));
        page.setViewportSize(width, width == PHONE ? 844 : 900);
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target", "screenshots", "status-" + name + ".png"))
                .setFullPage(true));
        assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
                .as("width of %s", name)
                .isLessThanOrEqualTo(width);
        assertThat(new AxeBuilder(page)
                        .analyze().getViolations().stream()
                                .map(rule -> rule.getId() + ": "
                                        + rule.getNodes().getFirst().getHtml() + " "
                                        + rule.getNodes().getFirst().getFailureSummary())
                                .toList())
                .as("accessibility of %s", name)
                .isEmpty();
    }

    @Override
    public void close() {
        context.close();
        playwright.close();
    }
}
