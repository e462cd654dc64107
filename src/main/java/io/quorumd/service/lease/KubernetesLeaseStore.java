package io.quorumd.service.lease;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quorumd.service.config.ConfigurationException;
import java.net.HttpURLConnection;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Lease of a cluster. Where the API server is, and who we are to it, is what every client is told: by the pod's service
 * account, else by a kubeconfig.
 */
final class KubernetesLeaseStore implements LeaseStore {

    private final KubernetesClient client;
    private final String namespace;
    private final String name;

    /** As it was last seen, with what others have put on it (labels, an owner), which is to stay. */
    private @Nullable Lease last;

    KubernetesLeaseStore(KubernetesClient client, String namespace, String name) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
    }

    /** @param namespace empty: that of the pod, or of the kubeconfig's context */
    static KubernetesLeaseStore of(String name, String namespace, LeaseTerms terms) {
        // Two attempts fit into the renew deadline; the client makes none of its own behind our back.
        int millis = (int) terms.renewDeadline().toMillis() / 2;
        Config config = new ConfigBuilder()
                .withConnectionTimeout(millis)
                .withRequestTimeout(millis)
                .withRequestRetryBackoffLimit(0)
                .build();
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        String where = namespace.isEmpty() ? client.getNamespace() : namespace;
        if (where == null) {
            client.close();
            throw new ConfigurationException(
                    "quorumd.lease.namespace",
                    "is missing, and this process runs in no pod that would tell",
                    "Name the namespace of the Lease");
        }
        return new KubernetesLeaseStore(client, where, name);
    }

    @Override
    public @Nullable LeaseRecord read() throws LeaseException {
        Lease found = call(
                "get",
                () -> client.leases().inNamespace(namespace).withName(name).get());
        return seen(found);
    }

    @Override
    public @Nullable LeaseRecord create(LeaseRecord wanted) throws LeaseException {
        Lease lease = new LeaseBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withSpec(spec(new LeaseSpec(), "", wanted))
                .build();
        Lease made = call(
                "create",
                () -> client.leases().inNamespace(namespace).resource(lease).create());
        return seen(made);
    }

    @Override
    public @Nullable LeaseRecord replace(LeaseRecord wanted) throws LeaseException {
        Lease found = last;
        if (found == null || !record(found).version().equals(wanted.version())) {
            return null;
        }
        String before = record(found).holder();
        found.setSpec(spec(Objects.requireNonNullElseGet(found.getSpec(), LeaseSpec::new), before, wanted));
        Lease made = call(
                "update",
                () -> client.leases()
                        .inNamespace(namespace)
                        .resource(found)
                        .lockResourceVersion(wanted.version())
                        .update());
        return seen(made);
    }

    private @Nullable LeaseRecord seen(@Nullable Lease lease) {
        if (lease == null) {
            return null;
        }
        last = lease;
        return record(lease);
    }

    private static LeaseSpec spec(LeaseSpec spec, String before, LeaseRecord wanted) {
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
        if (!wanted.holder().equals(before)) {
            spec.setAcquireTime(now);
        }
        spec.setHolderIdentity(wanted.holder());
        spec.setLeaseDurationSeconds(wanted.seconds());
        spec.setLeaseTransitions(wanted.transitions());
        spec.setRenewTime(now);
        return spec;
    }

    private static LeaseRecord record(Lease lease) {
        LeaseSpec spec = Objects.requireNonNullElseGet(lease.getSpec(), LeaseSpec::new);
        return new LeaseRecord(
                lease.getMetadata().getResourceVersion(),
                Objects.requireNonNullElse(spec.getHolderIdentity(), ""),
                Objects.requireNonNullElse(spec.getLeaseDurationSeconds(), 0),
                Objects.requireNonNullElse(spec.getLeaseTransitions(), 0));
    }

    /** Null where somebody else was first: it is there already, was changed, or is gone. */
    private @Nullable Lease call(String verb, Supplier<@Nullable Lease> request) throws LeaseException {
        try {
            return request.get();
        } catch (KubernetesClientException failed) {
            if (failed.getCode() == HttpURLConnection.HTTP_CONFLICT
                    || (failed.getCode() == HttpURLConnection.HTTP_NOT_FOUND && !verb.equals("create"))) {
                return null;
            }
            throw new LeaseException(problem(verb, failed), failed);
        }
    }

    private String problem(String verb, KubernetesClientException failed) {
        String lease = namespace + "/" + name;
        return switch (failed.getCode()) {
            case HttpURLConnection.HTTP_UNAUTHORIZED ->
                "the API server does not know this service account's token; let the pod mount one"
                        + " (automountServiceAccountToken)";
            case HttpURLConnection.HTTP_FORBIDDEN ->
                "this service account may not " + verb + " the Lease " + lease
                        + "; give it a Role with get, create and update of leases in coordination.k8s.io";
            case HttpURLConnection.HTTP_NOT_FOUND ->
                "there is no namespace " + namespace + "; correct quorumd.lease.namespace";
            case 0, -1 ->
                "the API server " + client.getMasterUrl() + " does not answer (" + cause(failed)
                        + "); let the pod reach it, also through NetworkPolicies";
            default -> "the API server refuses to " + verb + " the Lease " + lease + ": " + failed.getMessage();
        };
    }

    private static String cause(Throwable failed) {
        Throwable cause = failed;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    @Override
    public void close() {
        client.close();
    }
}
