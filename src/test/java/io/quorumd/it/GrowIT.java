package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume that grows while every byte of it is checked, and one that is killed while it grows. */
class GrowIT {

    @TempDir
    Path folder;

    @Test
    void noByteIsWrongAndNothingIsForgotten() {
        try (Quorumd quorumd =
                Quorumd.start(folder, "--quorumd.admin.user=admin", "--quorumd.admin.password=of the admin")) {
            VerifiedLoad load = VerifiedLoad.start(quorumd.url(0), 2, 8, 2000, acknowledged -> {});
            assertThat(grow(quorumd, 1280).statusCode()).isEqualTo(200);
            load.assertClean();
            assertThat(capacity(quorumd)).isEqualTo(1280L << 20);
            CompletableFuture<Void> growing = CompletableFuture.runAsync(() -> grow(quorumd, 1536));
            quorumd.kill();
            assertThat(growing.handle((answered, broken) -> broken == null || broken instanceof CompletionException)
                            .join())
                    .isTrue();
            quorumd.start();
            assertThat(capacity(quorumd)).isIn(1280L << 20, 1536L << 20);
            HttpResponse<String> again = grow(quorumd, 1792);
            assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
            assertThat(capacity(quorumd)).isEqualTo(1792L << 20);
            quorumd.stop();
        }
        for (String other : new String[] {"b", "c"}) {
            Tool.succeed("cmp", child("a"), child(other));
        }
    }

    private String child(String letter) {
        return folder.resolve("data/disk0-" + letter + ".img").toString();
    }

    private static HttpResponse<String> grow(Quorumd quorumd, int megabytes) {
        return quorumd.patch("/api/volumes/disk0", "{\"size\": \"" + megabytes + "MB\"}", "admin:of the admin");
    }

    private static long capacity(Quorumd quorumd) {
        String output = Tool.succeed("iscsi-readcapacity16", quorumd.url(0));
        return output.lines()
                .filter(line -> line.startsWith("Total size:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }
}
