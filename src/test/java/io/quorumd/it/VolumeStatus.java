package io.quorumd.it;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the service says of a volume at {@code /api/volumes}. */
record VolumeStatus(JsonNode json) {

    private static final JsonMapper JSON = new JsonMapper();

    static List<VolumeStatus> all(Quorumd quorumd) {
        List<VolumeStatus> all = new ArrayList<>();
        JSON.readTree(quorumd.get("/api/volumes").body()).forEach(volume -> all.add(new VolumeStatus(volume)));
        return all;
    }

    static VolumeStatus of(Quorumd quorumd, String volume) {
        return new VolumeStatus(
                JSON.readTree(quorumd.get("/api/volumes/" + volume).body()));
    }

    String health() {
        return json.path("health").asString();
    }

    String reason() {
        return json.path("reason").asString();
    }

    long unsettledBytes() {
        return json.path("unsettled-bytes").asLong();
    }

    /** Of a child: answering, faulted, suspended. */
    String childState(String nodeName) {
        for (JsonNode child : json.path("children")) {
            if (child.path("node-name").asString().equals(nodeName)) {
                return child.path("state").asString();
            }
        }
        throw new AssertionError("no child " + nodeName + " in " + json);
    }

    /** All children answer and have a vote everywhere. */
    boolean isWhole() {
        boolean whole = unsettledBytes() == 0;
        for (JsonNode child : json.path("children")) {
            whole &= child.path("state").asString().equals("answering")
                    && child.path("stale-bytes").asLong() == 0;
        }
        return whole && !json.path("children").isEmpty();
    }
}
