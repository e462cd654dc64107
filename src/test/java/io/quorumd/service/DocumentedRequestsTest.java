package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the pages tell a reader to type at HTTP does what they say, in the order in which it stands there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocumentedRequestsTest {

    private static final Path README = Path.of("README.md");
    private static final Path GUIDE = Path.of("docs/operations.md");
    private static final Pattern READ = Pattern.compile("curl -sN? localhost:8080(/[\\w/.-]+)");
    private static final Pattern CHANGE =
            Pattern.compile("^api (\\w+) (\\S+)(?: '(.+?)')?(?: +#.*)?$", Pattern.MULTILINE);
    private static final Pattern PATCH = Pattern.compile("-X PATCH .*-d '(.+?)' localhost:8080(\\S+)");

    private Service service;

    @BeforeAll
    void start(@TempDir Path folder) {
        List<String> arguments = new ArrayList<>();
        List<String> names = List.of("disk0", "data", "vault");
        for (int v = 0; v < names.size(); v++) {
            String volume = "--quorumd.volumes[" + v + "].";
            arguments.addAll(List.of(volume + "name=" + names.get(v), volume + "size=1MB"));
            for (int c = 0; c < 3; c++) {
                String child = volume + "children[" + c + "].";
                String name = names.get(v) + "-" + c;
                arguments.add(child + "node-name=" + name);
                arguments.add(child + "uri=file:" + folder.resolve(name + ".img"));
            }
        }
        service = Service.startWithAdmin(folder, arguments.toArray(String[]::new));
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void whatIsReadIsThere() throws IOException, InterruptedException {
        List<MatchResult> reads = new ArrayList<>(found(READ, README));
        reads.addAll(found(READ, GUIDE));
        assertThat(reads).hasSizeGreaterThan(8);
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (MatchResult read : reads) {
                HttpResponse<InputStream> response =
                        client.send(service.request(read.group(1)).build(), HttpResponse.BodyHandlers.ofInputStream());
                // A stream has no end.
                response.body().close();
                assertThat(response.statusCode()).as(read.group()).isEqualTo(200);
            }
        }
    }

    @Test
    void whatIsChangedIsChanged() throws IOException, InterruptedException {
        List<MatchResult> changes = found(CHANGE, README);
        assertThat(changes).hasSizeGreaterThan(6);
        for (MatchResult change : changes) {
            String body = change.group(3) == null ? "" : change.group(3);
            assertDone(change, service.change(change.group(1), "/api/" + change.group(2), body));
        }
        List<MatchResult> patches = found(PATCH, GUIDE);
        assertThat(patches).isNotEmpty();
        for (MatchResult patch : patches) {
            assertDone(patch, service.change("PATCH", patch.group(2), patch.group(1)));
        }
    }

    private static List<MatchResult> found(Pattern command, Path page) throws IOException {
        return command.matcher(Files.readString(page)).results().toList();
    }

    private static void assertDone(MatchResult change, HttpResponse<String> response) {
        assertThat(response.statusCode())
                .as("%s: %s", change.group(), response.body())
                .isBetween(200, 299);
    }
}
