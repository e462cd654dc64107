package io.quorumd.service.lease;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.HashMap;

/** Something that answers over HTTP as an API server does, and keeps objects in memory. */
public final class ApiServer implements AutoCloseable {

    private final KubernetesMockServer server;

    private ApiServer(Dispatcher dispatcher) {
        Context context = new Context();
        server = new KubernetesMockServer(context, new MockWebServer(), new HashMap<>(), dispatcher, false);
        server.init();
    }

    public static ApiServer start() {
        return new ApiServer(new KubernetesCrudDispatcher());
    }

    /** One that answers everything with this failure. */
    static ApiServer refusing(Status failure) {
        return new ApiServer(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return new MockResponse().setResponseCode(failure.getCode()).setBody(Serialization.asJson(failure));
            }
        });
    }

    public KubernetesClient client() {
        return server.createClient(builder ->
                builder.editOrNewConfig().withRequestRetryBackoffLimit(0).endConfig());
    }

    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.destroy();
    }
}
