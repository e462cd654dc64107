package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may change what over HTTP. */
class AdminTest {

    private static final String ONLINE = "{\"online\": true}";

    @TempDir
    Path folder;

    @Test
    void withoutAnAdministratorOnlyReadsAreServed() throws IOException, InterruptedException {
        try (Service service = Service.start(folder)) {
            HttpResponse<String> response = service.send(change(service, ONLINE).build());

            assertThat(response.statusCode()).isEqualTo(403);
            assertThat(response.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("application/problem+json");
            assertThat(response.body()).contains("quorumd.admin.user");
        }
    }

    @Test
    void changesNeedNamePasswordAndJson() throws IOException, InterruptedException {
        try (Service service =
                Service.start(folder, "--quorumd.admin.user=admin", "--quorumd.admin.password=of the admin")) {
            String right = basic("admin:of the admin");

            HttpResponse<String> none = service.send(change(service, ONLINE).build());
            assertThat(none.statusCode()).isEqualTo(401);
            assertThat(none.headers().firstValue("WWW-Authenticate").orElseThrow())
                    .startsWith("Basic");
            for (String wrong : new String[] {basic("admin:wrong"), basic(":"), "Basic %%%", "Bearer x"}) {
                assertThat(service.send(change(service, ONLINE)
                                        .header("Authorization", wrong)
                                        .build())
                                .statusCode())
                        .as(wrong)
                        .isEqualTo(401);
            }
            assertThat(service.send(change(service, ONLINE)
                                    .setHeader("Content-Type", "text/plain")
                                    .header("Authorization", right)
                                    .build())
                            .statusCode())
                    .isEqualTo(415);
            assertThat(service.send(change(service, "{\"vote-unit\": \"request\"}")
                                    .header("Authorization", right)
                                    .build())
                            .statusCode())
                    .isEqualTo(400);
            HttpResponse<String> conflict = service.send(
                    change(service, ONLINE).header("Authorization", right).build());
            assertThat(conflict.statusCode()).isEqualTo(409);
            assertThat(conflict.body()).contains("The volume is not offline.");
        }
    }

    private static HttpRequest.Builder change(Service service, String body) {
        return service.request("/api/volumes/disk0")
                .method("PATCH", BodyPublishers.ofString(body))
                .setHeader("Content-Type", "application/json");
    }

    private static String basic(String credentials) {
        return "Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
