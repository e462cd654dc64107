package io.quorumd.service.lease;

import static org.springframework.web.servlet.function.RouterFunctions.route;

import java.util.Map;
import java.util.function.Supplier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * What answers over HTTP, on the service's own ports, while the service waits for its Lease: alive, not ready, and why.
 * Everything but health is 503 with the reason.
 */
@EnableAutoConfiguration
final class WaitingRoom {

    private WaitingRoom() {}

    /**
     * @param reason what is waited for, in words
     * @param arguments of the service that waits, which is configured by them
     */
    static ConfigurableApplicationContext open(Supplier<String> reason, String... arguments) {
        SpringApplication application = new SpringApplication(WaitingRoom.class);
        application.setLogStartupInfo(false);
        // A health group of a volume's name has no members here.
        application.setDefaultProperties(Map.of("management.endpoint.health.validate-group-membership", "false"));
        application.addInitializers(context -> furnish((GenericApplicationContext) context, reason));
        return application.run(arguments);
    }

    private static void furnish(GenericApplicationContext context, Supplier<String> reason) {
        context.registerBean("servingHealthIndicator", HealthIndicator.class, () -> () -> health(reason));
        context.registerBean("everythingElse", RouterFunction.class, () -> everythingElse(reason));
    }

    private static Health health(Supplier<String> reason) {
        return Health.outOfService().withDetail("reason", reason.get()).build();
    }

    private static RouterFunction<ServerResponse> everythingElse(Supplier<String> reason) {
        return route(
                request -> true,
                request -> ServerResponse.status(HttpStatus.SERVICE_UNAVAILABLE)
                        .body(ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, reason.get())));
    }
}
