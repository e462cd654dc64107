package io.quorumd.service.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The HTTP API of a service that runs. Blocking. */
final class Api {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final URI service;
    private final String user;
    private final String password;

    Api(URI service, String user, String password) {
        this.service = service;
        this.user = user;
        this.password = password;
    }

    /** The service refuses, or does not answer; the message is one line for whoever typed the command. */
    static final class ApiException extends RuntimeException {
        ApiException(String message) {
            super(message);
        }
    }

    static String path(String... elements) {
        return Arrays.stream(elements)
                .map(element ->
                        URLEncoder.encode(element, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }

    JsonNode get(String path) {
        return send("GET", path);
    }

    /** @param path below {@code /api/} */
    JsonNode send(String method, String path) {
        HttpRequest.Builder request = request(path)
                .method(method, BodyPublishers.noBody())
                .header("Content-Type", "application/json")
                .timeout(PATIENCE);
        if (!user.isEmpty()) {
            byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
        }
        HttpResponse<String> response = answer(request.build());
        JsonNode body = parse(response);
        if (response.statusCode() >= 400) {
            String detail = body.path("detail").asString("HTTP status " + response.statusCode());
            throw new ApiException(
                    response.statusCode() == 401 ? detail + " Give them as --user and --password-file." : detail);
        }
        return body;
    }

    private HttpRequest.Builder request(String path) {
        String base = service.toString().replaceFirst("/+$", "");
        try {
            return HttpRequest.newBuilder(URI.create(base + "/api/" + path));
        } catch (IllegalArgumentException e) {
            throw new ApiException(
                    "--url " + service + " is not the address of a service, such as http://localhost:8080");
        }
    }

    private HttpResponse<String> answer(HttpRequest request) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new ApiException(
                    "nothing answers at " + service + ": is the service running? --url says where it is");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException("interrupted");
        }
    }

    private JsonNode parse(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (JacksonException e) {
            throw new ApiException(service + " is no quorumd: its answer, with HTTP status " + response.statusCode()
                    + ", is not JSON");
        }
    }
}
