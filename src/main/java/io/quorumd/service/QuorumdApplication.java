package io.quorumd.service;

import io.quorumd.service.config.QuorumdProperties;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/** Starts the service. */
@SpringBootApplication
@EnableConfigurationProperties(QuorumdProperties.class)
@Import(VolumeRegistrar.class)
public class QuorumdApplication {

    public static void main(String[] args) {
        SpringApplication.run(QuorumdApplication.class, args);
    }
}
