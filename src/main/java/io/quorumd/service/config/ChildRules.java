package io.quorumd.service.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must hold for all children of all volumes together. */
final class ChildRules {

    private ChildRules() {}

    static void check(List<VolumeProperties> volumes) {
        Map<String, String> names = new HashMap<>();
        Map<String, String> places = new HashMap<>();
        for (int v = 0; v < volumes.size(); v++) {
            List<ChildProperties> children = volumes.get(v).children();
            for (int c = 0; c < children.size(); c++) {
                ChildProperties child = children.get(c);
                String at = "quorumd.volumes[" + v + "].children[" + c + "]";
                VolumeRules.checkName(at + ".node-name", child.nodeName());
                VolumeRules.unique(names, at + ".node-name", child.nodeName(), "the name of a child");
                ChildUri uri = ChildUri.parse(at + ".uri", child.uri());
                String place = switch (uri) {
                    case ChildUri.File file -> sameFile(file.path());
                    case ChildUri.Nbd nbd -> nbd.uri().toString();
                    case ChildUri.Iscsi iscsi -> iscsi.uri().toString();
                };
                VolumeRules.unique(places, at + ".uri", place, "the place of a child");
                checkCredentials(at + ".credentials", uri, child.credentials());
            }
        }
    }

    private static void checkCredentials(String property, ChildUri uri, ChapProperties credentials) {
        if (credentials.isEmpty()) {
            return;
        }
        if (!(uri instanceof ChildUri.Iscsi iscsi)) {
            throw new ConfigurationException(
                    property, "is set for " + (uri instanceof ChildUri.File ? "a file" : "NBD"), "Leave it out");
        }
        if (iscsi.uri().chap() != null) {
            throw new ConfigurationException(
                    property, "is set, and the URI has a user, too", "Keep one of the two, better the credentials");
        }
        credentials.check(property);
    }

    /** One text for every way to write the path of one file. */
    private static String sameFile(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        try {
            return absolute.toRealPath().toString();
        } catch (IOException e) {
            return realParent(absolute);
        }
    }

    private static String realParent(Path absent) {
        Path parent = absent.getParent();
        Path name = absent.getFileName();
        try {
            return parent == null || name == null
                    ? absent.toString()
                    : parent.toRealPath().resolve(name).toString();
        } catch (IOException e) {
            return absent.toString();
        }
    }
}
