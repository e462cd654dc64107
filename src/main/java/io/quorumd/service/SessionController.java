package io.quorumd.service;

import io.quorumd.iscsi.IscsiServer;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The initiators that are logged in. */
@RestController
final class SessionController {

    private final IscsiServer server;

    SessionController(IscsiServer server) {
        this.server = server;
    }

    @GetMapping("/api/sessions")
    List<Map<String, Object>> list() {
        return server.sessions().stream().map(SessionReport::of).toList();
    }
}
