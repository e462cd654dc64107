package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Targets and LUNs that come and go while the service runs. */
class TargetsTest {

    private static final String DISK0 = "/api/targets/iqn.2026-11.io.quorumd:disk0";
    private static final String OTHER = "iqn.2026-11.com.example:other";

    @TempDir
    Path folder;

    private Service service;

    @BeforeEach
    void start() {
        service = Service.startWithAdmin(
                folder,
                "--quorumd.volumes[1].name=disk1",
                "--quorumd.volumes[1].kind=plain",
                "--quorumd.volumes[1].size=1MB",
                "--quorumd.volumes[1].children[0].node-name=disk1-a",
                "--quorumd.volumes[1].children[0].uri=file:" + folder.resolve("disk1-a.img"));
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void aLunComesAndGoes() throws IOException, InterruptedException {
        assertThat(service.change("POST", DISK0 + "/luns", "{\"lun\": 5, \"volume\": \"disk1\", \"read-only\": true}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(service.get("/api/targets").body())
                .contains("\"lun\":5", "\"volume\":\"disk1\"", "\"read-only\":true");
        refused(409, "POST", DISK0 + "/luns", "{\"lun\": 5, \"volume\": \"disk1\"}", "LUN 5");
        refused(409, "POST", DISK0 + "/luns", "{\"lun\": 6, \"volume\": \"disk1\"}", "has a LUN");
        refused(409, "POST", DISK0 + "/luns", "{\"lun\": 6, \"volume\": \"disk9\"}", "There is no volume disk9.");
        refused(409, "POST", DISK0 + "/luns", "{\"lun\": -1, \"volume\": \"disk1\"}", "LUN -1 is not");
        assertThat(service.change("DELETE", DISK0 + "/luns/5", "").statusCode()).isEqualTo(204);
        refused(404, "DELETE", DISK0 + "/luns/5", "", "There is no such LUN.");
        refused(404, "POST", DISK0 + "9/luns", "{\"lun\": 6, \"volume\": \"disk1\"}", "There is no target");
    }

    @Test
    void aTargetComesAndGoes() throws IOException, InterruptedException {
        String target = "{\"name\": \"" + OTHER + "\", \"luns\": [{\"lun\": 0, \"volume\": \"disk0\"}],"
                + " \"initiators\": [{\"name\": \"iqn.2026-11.com.example:host\", \"read-only\": true}]}";
        HttpResponse<String> added = service.change("POST", "/api/targets", target);
        assertThat(added.statusCode()).as(added.body()).isEqualTo(201);
        refused(409, "POST", "/api/targets", target, "there is a target " + OTHER + " already");
        refused(400, "POST", "/api/targets", "{\"name\": \"me\"}", "name: \\\"me\\\" is not an iSCSI name");
        refused(400, "POST", "/api/targets", "{\"name\": \"" + OTHER + "2\"}", "luns: is empty");
        assertThat(service.change("DELETE", "/api/targets/" + OTHER, "").statusCode())
                .isEqualTo(204);
        assertThat(service.get("/api/targets").body()).doesNotContain(OTHER);
        assertThat(service.change("POST", "/api/targets", target).statusCode()).isEqualTo(201);
    }

    /** Or a LUN meant to be protected would not be. */
    @Test
    void aKeyThatIsNoneIsRefused() throws IOException, InterruptedException {
        assertThat(service.change("POST", DISK0 + "/luns", "{\"lun\": 5, \"volume\": \"disk1\", \"readonly\": true}")
                        .statusCode())
                .isEqualTo(400);
    }

    private void refused(int status, String method, String path, String body, String detail)
            throws IOException, InterruptedException {
        HttpResponse<String> response = service.change(method, path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains(detail);
    }
}
