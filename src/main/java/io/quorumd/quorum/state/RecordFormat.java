package io.quorumd.quorum.state;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@link VolumeRecord} and {@link Sidecar} as bytes. */
final class RecordFormat {

    private RecordFormat() {}

    static byte[] encode(VolumeRecord record) {
        ObjectNode node = SealedJson.node()
                .put("wwn", record.identity().wwn())
                .put("size", record.size())
                .put("block-size", record.blockSize())
                .put("region-size", record.regionSize())
                .put("generation", record.generation())
                .put("created", record.created())
                .put("clean", record.clean())
                .put("known", record.known())
                .put("growing-to", record.growingTo());
        ArrayNode children = node.putArray("children");
        for (ChildRecord child : record.children()) {
            children.addObject()
                    .put("node-name", child.nodeName())
                    .put("uuid", child.uuid().toString())
                    .put("generation", child.generation())
                    .put("sidecar", child.sidecar());
        }
        return SealedJson.seal("volume", node);
    }

    static VolumeRecord decodeRecord(byte[] bytes) throws DamageException {
        JsonNode node = SealedJson.open("volume", bytes);
        try {
            List<ChildRecord> children = new ArrayList<>();
            for (JsonNode child : node.required("children")) {
                children.add(new ChildRecord(
                        child.required("node-name").stringValue(),
                        UUID.fromString(child.required("uuid").stringValue()),
                        child.required("generation").longValue(),
                        child.required("sidecar").booleanValue()));
            }
            return new VolumeRecord(
                    new VolumeIdentity(node.required("wwn").stringValue()),
                    node.required("size").longValue(),
                    node.required("block-size").intValue(),
                    node.required("region-size").intValue(),
                    node.required("generation").longValue(),
                    node.required("created").booleanValue(),
                    node.required("clean").booleanValue(),
                    node.required("known").booleanValue(),
                    node.path("growing-to").longValue(0),
                    children);
        } catch (JacksonException | IllegalArgumentException wrong) {
            throw new DamageException("has a wrong field: " + wrong.getMessage());
        }
    }

    static byte[] encode(Sidecar sidecar) {
        return SealedJson.seal(
                "child",
                SealedJson.node()
                        .put("volume", sidecar.volume().wwn())
                        .put("uuid", sidecar.child().toString())
                        .put("generation", sidecar.generation())
                        .put("file", sidecar.file()));
    }

    static Sidecar decodeSidecar(byte[] bytes) throws DamageException {
        JsonNode node = SealedJson.open("child", bytes);
        try {
            return new Sidecar(
                    new VolumeIdentity(node.required("volume").stringValue()),
                    UUID.fromString(node.required("uuid").stringValue()),
                    node.required("generation").longValue(),
                    node.required("file").stringValue());
        } catch (JacksonException | IllegalArgumentException wrong) {
            throw new DamageException("has a wrong field: " + wrong.getMessage());
        }
    }
}
