package io.quorumd.service;

import io.quorumd.service.config.ConfigurationReader;
import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.core.env.Environment;

/** Reads the configuration, before anything else is made, and registers what stands in it as beans. */
final class VolumeRegistrar implements BeanRegistrar {

    @Override
    public void register(BeanRegistry registry, Environment environment) {
        ConfigurationReader.read(environment);
    }
}
