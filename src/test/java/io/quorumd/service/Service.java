package io.quorumd.service;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** The whole service in this JVM, with a disk of three small files in a folder, on free ports. */
record Service(ConfigurableApplicationContext context) implements AutoCloseable {

    private static final String PASSWORD = "of the admin";
    private static final String AUTHORIZATION =
            "Basic " + Base64.getEncoder().encodeToString(("admin:" + PASSWORD).getBytes(StandardCharsets.UTF_8));

    /** {@link #start}, with the administrator that {@link #change} is. */
    static Service startWithAdmin(Path folder, String... more) {
        return start(
                folder,
                Stream.concat(
                                Stream.of("--quorumd.admin.user=admin", "--quorumd.admin.password=" + PASSWORD),
                                Stream.of(more))
                        .toArray(String[]::new));
    }

    /** @param more further properties, as {@code --name=value}; they replace the usual ones of that name */
    static Service start(Path folder, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--quorumd.state-dir=" + folder.resolve("state"),
                "--quorumd.iscsi.portals=127.0.0.1:0",
                "--quorumd.iscsi.threads=1",
                "--quorumd.volumes[0].name=disk0",
                "--quorumd.volumes[0].size=1MB"));
        for (int i = 0; i < 3; i++) {
            String name = "disk0-" + (char) ('a' + i);
            arguments.add("--quorumd.volumes[0].children[" + i + "].node-name=" + name);
            arguments.add("--quorumd.volumes[0].children[" + i + "].uri=file:" + folder.resolve(name + ".img"));
        }
        for (String argument : more) {
            String name = argument.substring(0, argument.indexOf('=') + 1);
            arguments.removeIf(before -> before.startsWith(name));
            arguments.add(argument);
        }
        return new Service(new SpringApplicationBuilder(QuorumdApplication.class)
                .registerShutdownHook(false)
                .run(arguments.toArray(String[]::new)));
    }

    /** What a start that fails tells the user: description and action. */
    static FailureAnalysis refusal(Throwable failure) {
        return SpringFactoriesLoader.forDefaultResourceLocation(Service.class.getClassLoader())
                .load(FailureAnalyzer.class, FailureHandler.handleMessage((notOurs, why) -> {}))
                .stream()
                .filter(analyzer -> analyzer.getClass().getName().startsWith("io.quorumd"))
                .map(analyzer -> analyzer.analyze(failure))
                .filter(analysis -> analysis != null)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody explains it", failure));
    }

    InetSocketAddress portal() {
        return context.getBean(io.quorumd.iscsi.IscsiServer.class).addresses().getFirst();
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path).build());
    }

    /** What the administrator asks for. */
    HttpResponse<String> change(String method, String path, String body) throws IOException, InterruptedException {
        return send(request(path)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .setHeader("Content-Type", "application/json")
                .header("Authorization", AUTHORIZATION)
                .build());
    }

    HttpRequest.Builder request(String path) {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
