package io.quorumd.service.config;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What must hold for the targets, one by one, together, and with the volumes. */
public final class TargetRules {

    /** The largest number that flat space addressing holds (SAM-6 §4.7.7.3). */
    private static final int LUN_MAX = 16383;

    private static final int ALIAS_MAX = 255;

    private TargetRules() {}

    /** @throws ConfigurationException which names the property, what is wrong and what would be right */
    public static void check(List<TargetProperties> targets, List<VolumeProperties> volumes) {
        if (targets.isEmpty()) {
            throw new ConfigurationException(
                    "quorumd.targets", "is empty", "Configure a target, or leave the key out for one per volume");
        }
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < targets.size(); i++) {
            TargetProperties target = targets.get(i);
            String at = "quorumd.targets[" + i + "]";
            IscsiName.check(at + ".name", target.name());
            VolumeRules.unique(names, at + ".name", target.name(), "the name of a target");
            if (target.alias().getBytes(StandardCharsets.UTF_8).length > ALIAS_MAX) {
                throw new ConfigurationException(
                        at + ".alias", "is longer than " + ALIAS_MAX + " bytes", "Choose a shorter one");
            }
            checkLuns(at + ".luns", target.luns(), volumes);
            checkInitiators(at + ".initiators", target.initiators());
        }
    }

    private static void checkLuns(String property, List<LunProperties> luns, List<VolumeProperties> volumes) {
        if (luns.isEmpty()) {
            throw new ConfigurationException(property, "is empty", "Give the target a LUN: {lun: 0, volume: NAME}");
        }
        Map<String, String> numbers = new HashMap<>();
        Map<String, String> shown = new HashMap<>();
        for (int i = 0; i < luns.size(); i++) {
            LunProperties lun = luns.get(i);
            String at = property + "[" + i + "]";
            if (lun.lun() < 0 || lun.lun() > LUN_MAX) {
                throw new ConfigurationException(at + ".lun", "is " + lun.lun(), "Set it to 0 to " + LUN_MAX);
            }
            VolumeRules.unique(numbers, at + ".lun", Integer.toString(lun.lun()), "the number of a LUN in a target");
            if (volumes.stream().noneMatch(volume -> volume.name().equals(lun.volume()))) {
                throw new ConfigurationException(
                        at + ".volume",
                        lun.volume().isEmpty() ? "is missing" : "there is no volume \"" + lun.volume() + "\"",
                        "Name one of these: "
                                + volumes.stream().map(VolumeProperties::name).collect(Collectors.joining(", ")));
            }
            VolumeRules.unique(shown, at + ".volume", lun.volume(), "the volume of a LUN in a target");
        }
    }

    private static void checkInitiators(String property, List<InitiatorProperties> initiators) {
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < initiators.size(); i++) {
            String at = property + "[" + i + "]";
            String name = IscsiName.checkInitiator(at, initiators.get(i).name());
            VolumeRules.unique(names, at, name, "the name of an initiator in a target");
        }
    }
}
