package io.quorumd.service;

import io.netty.util.ResourceLeakDetector;
import io.quorumd.service.cli.Commands;
import io.quorumd.service.config.QuorumdProperties;
import io.quorumd.service.lease.LeaseInitializer;
import java.io.PrintWriter;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/** Starts the service, or asks one that runs. */
@SpringBootApplication
@EnableConfigurationProperties(QuorumdProperties.class)
@Import(VolumeRegistrar.class)
public class QuorumdApplication {

    public static void main(String[] args) {
        if (Commands.startService(args)) {
            leaveLeaksToTheTests();
            SpringApplication application = new SpringApplication(QuorumdApplication.class);
            application.addInitializers(new LeaseInitializer(args));
            application.run(args);
        } else {
            System.exit(Commands.run(
                    new PrintWriter(System.out, true, System.out.charset()),
                    new PrintWriter(System.err, true, System.err.charset()),
                    args));
        }
    }

    /** They follow every buffer; to follow each 128th here, as is Netty's default, takes 3 % of the CPU. */
    private static void leaveLeaksToTheTests() {
        if (System.getProperty("io.netty.leakDetection.level") == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
    }
}
