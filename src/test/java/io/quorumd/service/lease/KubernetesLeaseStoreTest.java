package io.quorumd.service.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The requests that are made to an API server, and what its refusals are told as. */
class KubernetesLeaseStoreTest {

    private static final LeaseRecord OURS = new LeaseRecord("", "a", 15, 0);

    private final List<ApiServer> refusals = new ArrayList<>();
    private final ApiServer server = ApiServer.start();
    private final KubernetesClient client = server.client();
    private final KubernetesLeaseStore store = new KubernetesLeaseStore(client, "storage", "disks");

    @AfterEach
    void stop() {
        store.close();
        server.close();
        refusals.forEach(ApiServer::close);
    }

    private Lease kept() {
        return client.leases().inNamespace("storage").withName("disks").get();
    }

    @Test
    void whatIsKeptIsALeaseAsKubernetesHasIt() throws LeaseException {
        assertThat(store.read()).isNull();
        LeaseRecord made = store.create(OURS);
        assertThat(made).isEqualTo(store.read());
        assertThat(made).usingRecursiveComparison().ignoringFields("version").isEqualTo(OURS);
        assertThat(kept().getSpec().getHolderIdentity()).isEqualTo("a");
        assertThat(kept().getSpec().getLeaseDurationSeconds()).isEqualTo(15);
        assertThat(kept().getSpec().getAcquireTime()).isNotNull();
        assertThat(store.create(OURS)).as("there is one").isNull();
    }

    @Test
    void whatOthersPutOnItStaysThere() throws LeaseException {
        store.create(OURS);
        client.leases().inNamespace("storage").withName("disks").edit(lease -> {
            lease.getMetadata().setLabels(Map.of("team", "storage"));
            return lease;
        });
        LeaseRecord found = Objects.requireNonNull(store.read());
        assertThat(store.replace(found.takenBy("b", 15)))
                .extracting(LeaseRecord::transitions)
                .isEqualTo(1);
        assertThat(kept().getMetadata().getLabels()).containsEntry("team", "storage");
    }

    @Test
    void whatSomebodyElseHasChangedIsNotReplaced() throws LeaseException {
        LeaseRecord ours = Objects.requireNonNull(store.create(OURS));
        KubernetesLeaseStore other = new KubernetesLeaseStore(server.client(), "storage", "disks");
        LeaseRecord seen = Objects.requireNonNull(other.read());
        assertThat(other.replace(seen.takenBy("b", 15))).isNotNull();
        assertThat(store.replace(ours)).isNull();
        assertThat(store.read()).extracting(LeaseRecord::holder).isEqualTo("b");
        other.close();
    }

    @Test
    void whatIsGoneIsNotReplaced() throws LeaseException {
        LeaseRecord ours = Objects.requireNonNull(store.create(OURS));
        client.leases().inNamespace("storage").withName("disks").delete();
        assertThat(store.replace(ours)).isNull();
        assertThat(store.read()).isNull();
    }

    @Test
    void refusalsAreToldWithTheirRemedy() {
        assertThatThrownBy(() -> refused(403).read())
                .hasMessage("this service account may not get the Lease storage/disks; give it a Role with get,"
                        + " create and update of leases in coordination.k8s.io");
        assertThatThrownBy(() -> refused(401).read()).hasMessageContaining("automountServiceAccountToken");
        assertThatThrownBy(() -> refused(404).create(OURS))
                .hasMessage("there is no namespace storage; correct quorumd.lease.namespace");
        assertThatThrownBy(() -> refused(500).read())
                .hasMessageStartingWith("the API server refuses to get the Lease storage/disks: ");
    }

    @Test
    void anApiServerThatIsNotThereIsNamed() {
        String url = client.getMasterUrl().toString();
        server.close();
        assertThatThrownBy(() -> store.read())
                .isInstanceOf(LeaseException.class)
                .hasMessageStartingWith("the API server " + url + " does not answer (")
                .hasMessageEndingWith("); let the pod reach it, also through NetworkPolicies");
    }

    private KubernetesLeaseStore refused(int code) {
        ApiServer refusing = ApiServer.refusing(new StatusBuilder()
                .withStatus("Failure")
                .withCode(code)
                .withMessage("no")
                .build());
        refusals.add(refusing);
        return new KubernetesLeaseStore(refusing.client(), "storage", "disks");
    }
}
