package io.quorumd.it;

import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.Network.Ipam;
import org.testcontainers.containers.Network;

/**
 * A network of the container engine, which containers leave and join with addresses that stay theirs. This host reaches
 * them there, as it does with an engine that runs as root on it.
 */
final class ContainerLan implements AutoCloseable {

    /** For networks that are no part of the Internet (RFC 2544), the half of it that {@link Lan} leaves alone. */
    private final String prefix = "198.19." + ProcessHandle.current().pid() % 256 + ".";

    private final Network network = Network.builder()
            .createNetworkCmdModifier(
                    command -> command.withIpam(new Ipam().withConfig(new Ipam.Config().withSubnet(prefix + "0/24"))))
            .build();

    /** @param number from 2 on: the engine is the first */
    String address(int number) {
        return prefix + number;
    }

    /** Says where a container is to be when it is started. */
    void put(QuorumdContainer container, String address) {
        container.withNetwork(network).withCreateContainerCmdModifier(command -> command.withIpv4Address(address));
    }

    /** Takes the network from a container that runs: there is silence, in which nobody is told that anything has ended. */
    void disconnect(QuorumdContainer container) {
        QuorumdContainer.docker()
                .disconnectFromNetworkCmd()
                .withNetworkId(network.getId())
                .withContainerId(container.getContainerId())
                .exec();
    }

    void connect(QuorumdContainer container, String address) {
        QuorumdContainer.docker()
                .connectToNetworkCmd()
                .withNetworkId(network.getId())
                .withContainerId(container.getContainerId())
                .withContainerNetwork(
                        new ContainerNetwork().withIpamConfig(new ContainerNetwork.Ipam().withIpv4Address(address)))
                .exec();
    }

    /** Takes it away; the containers must be gone. */
    @Override
    public void close() {
        network.close();
    }
}
