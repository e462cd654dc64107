package io.quorumd.service.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is timed of a volume.
 *
 * @param children by node name, in order
 */
public record VolumeTimes(IoTimes volume, Map<String, IoTimes> children) {

    public static VolumeTimes of(List<String> nodeNames) {
        Map<String, IoTimes> children = new LinkedHashMap<>();
        nodeNames.forEach(name -> children.put(name, new IoTimes()));
        return new VolumeTimes(new IoTimes(), children);
    }

    public IoTimes child(String nodeName) {
        IoTimes times = children.get(nodeName);
        if (times == null) {
            throw new IllegalArgumentException("no child " + nodeName);
        }
        return times;
    }
}
