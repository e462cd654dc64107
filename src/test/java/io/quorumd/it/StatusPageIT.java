package io.quorumd.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the person on call sees while a child dies and comes back, and when the service itself is gone. */
class StatusPageIT {

    private static final long SIZE = 64L << 20;
    private static final String YAML = """
            quorumd:
              volumes:
                - name: disk0
                  size: 64MB
                  resync-rate: 4MB
                  children:
                    - {node-name: disk0-a, uri: "file:disk0-a.img"}
                    - {node-name: disk0-b, uri: "file:disk0-b.img"}
                    - {node-name: disk0-c, uri: "nbd+unix:///?socket=c.sock"}
            """;

    /** A child that was lost is tried again within 30 s, and filling it takes 8 s; the machine may be slow. */
    private static final double LIMIT_MS = 120_000;

    @TempDir
    Path folder;

    @BeforeEach
    void toolsAndFiles() throws IOException {
        Tool.require("/usr/bin/chromium");
        Tool.require("qemu-io");
        Tool.require("nbdkit");
        // Where one child exists already, which an NBD export does, no file is made.
        for (String name : List.of("disk0-a.img", "disk0-b.img")) {
            try (RandomAccessFile file =
                    new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
                file.setLength(SIZE);
            }
        }
    }

    @Test
    void showsWhatIsWrongAndThatItIsBeingRepaired() throws IOException {
        try (Nbdkit child = Nbdkit.serving(folder.resolve("c.img"), folder.resolve("c.sock"), SIZE);
                Quorumd quorumd = Quorumd.startWith(folder, YAML);
                StatusPage status = new StatusPage("http://127.0.0.1:" + quorumd.httpPort() + "/")) {
            Locator volume = status.page().getByRole(AriaRole.ARTICLE);
            see(volume, "UP", "survives 1 more failure");
            see(status.page(), "No initiator is logged in.");

            Process initiator = new ProcessBuilder("qemu-io", "-f", "raw", quorumd.url(0))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("qemu-io.log").toFile())
                    .start();
            try (PrintStream commands = new PrintStream(initiator.getOutputStream(), true, StandardCharsets.UTF_8)) {
                commands.println("write -P 1 0 32M");
                see(row(status.page(), "Sessions", Quorumd.IQN), "127.0.0.1:");
                see(plot(volume, "Throughput"), Pattern.compile("top [0-9.]+ MiB/s"));
                see(plot(volume, "Requests per second"), Pattern.compile("top [0-9.]+\\)"));
                see(plot(volume, "Mean latency"), Pattern.compile("top [0-9.]+ [µm]s"));

                child.kill();
                commands.println("write -P 2 0 32M");
                see(volume, "DEGRADED", "survives no further failure", "child disk0-c is faulted");
                see(row(status.page(), "Children of disk0", "disk0-c"), "faulted", "32.0 MiB");
                see(event(status.page()), "disk0-c");
                status.assertGoodLooking("degraded");

                child.start();
                Locator progress = volume.getByRole(AriaRole.PROGRESSBAR);
                assertThat(progress).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(LIMIT_MS));
                see(volume, "disk0-c is being filled again");
                assertThat(progress).isHidden(new LocatorAssertions.IsHiddenOptions().setTimeout(LIMIT_MS));
                see(volume, "UP", "survives 1 more failure");
                status.assertGoodLooking("up");
                status.assertNoComplaints();
            } finally {
                initiator.destroyForcibly();
            }

            quorumd.kill();
            Locator alert = status.page().getByRole(AriaRole.ALERT);
            see(alert, "The service does not answer since");
            status.assertGoodLooking("silent");
            quorumd.start();
            assertThat(alert).isHidden(new LocatorAssertions.IsHiddenOptions().setTimeout(LIMIT_MS));
            see(status.page().getByRole(AriaRole.BANNER), "live");
        }
    }

    private static Locator row(Page page, String table, String content) {
        return page.getByRole(AriaRole.TABLE, new Page.GetByRoleOptions().setName(table))
                .getByRole(AriaRole.ROW)
                .filter(new Locator.FilterOptions().setHasText(content));
    }

    private static Locator plot(Locator volume, String title) {
        return volume.getByRole(AriaRole.FIGURE).filter(new Locator.FilterOptions().setHasText(title));
    }

    private static Locator event(Page page) {
        return page.getByRole(AriaRole.LISTITEM)
                .filter(new Locator.FilterOptions().setHasText("child changed"))
                .first();
    }

    private static void see(Page page, String text) {
        see(page.getByRole(AriaRole.MAIN), text);
    }

    private static void see(Locator place, String... texts) {
        for (String text : texts) {
            assertThat(place).containsText(text, new LocatorAssertions.ContainsTextOptions().setTimeout(LIMIT_MS));
        }
    }

    private static void see(Locator place, Pattern text) {
        assertThat(place).containsText(text, new LocatorAssertions.ContainsTextOptions().setTimeout(LIMIT_MS));
    }
}
