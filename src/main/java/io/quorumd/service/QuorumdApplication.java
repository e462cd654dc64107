package io.quorumd.service;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the service. */
@SpringBootApplication
public class QuorumdApplication {

    public static void main(String[] args) {
        SpringApplication.run(QuorumdApplication.class, args);
    }
}
