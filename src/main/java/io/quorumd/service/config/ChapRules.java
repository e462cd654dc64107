package io.quorumd.service.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What must hold for CHAP everywhere: no secret by which we prove ourselves is one by which an initiator does. Whoever is
 * asked for the first, by us or by an impostor, could otherwise have the other side answer for it (RFC 7143 §9.2.1).
 */
final class ChapRules {

    private ChapRules() {}

    static void check(IscsiProperties iscsi, List<TargetProperties> targets) {
        Map<String, ChapProperties> all = new LinkedHashMap<>();
        all.put("quorumd.iscsi.discovery-chap", iscsi.discoveryChap());
        for (int i = 0; i < targets.size(); i++) {
            all.put("quorumd.targets[" + i + "].chap", targets.get(i).chap());
        }
        all.values().removeIf(ChapProperties::isEmpty);
        all.forEach((at, chap) -> chap.check(at));
        all.forEach((outAt, out) -> all.forEach((inAt, in) -> {
            if (out.isMutual() && out.targetSecret(outAt).sameAs(in.initiatorSecret(inAt))) {
                throw new ConfigurationException(
                        outAt + ".mutual-secret",
                        "is the same as " + inAt + ".secret",
                        "Each direction needs a secret of its own (RFC 7143 §9.2.1)");
            }
        }));
    }
}
