package io.quorumd.service;

import io.quorumd.service.config.ConfigurationReader;
import io.quorumd.service.config.VolumeProperties;
import java.util.List;
import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.core.env.Environment;

/** Reads the configuration, before anything else is made, and registers each volume as a bean {@code volume-NAME}. */
final class VolumeRegistrar implements BeanRegistrar {

    @Override
    public void register(BeanRegistry registry, Environment environment) {
        List<VolumeProperties> volumes = ConfigurationReader.read(environment).volumes();
        for (int i = 0; i < volumes.size(); i++) {
            VolumeProperties volume = volumes.get(i);
            int order = i;
            registry.registerBean(
                    "volume-" + volume.name(),
                    Volume.class,
                    spec -> spec.order(order)
                            .supplier(beans -> beans.bean(VolumeOpener.class).open(volume)));
        }
    }
}
