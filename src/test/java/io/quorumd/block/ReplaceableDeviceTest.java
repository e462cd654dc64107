package io.quorumd.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumd.block.MemoryDevice.Kind;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The contract, and that what is asked while the device is away is done by its successor, in order. */
class ReplaceableDeviceTest extends BlockDeviceContract {

    private final ManualStrand strand = new ManualStrand();

    @Override
    protected BlockDevice open() {
        return new ReplaceableDevice(new MemoryDevice("ram", SIZE, strand));
    }

    @Test
    void whatIsAskedMeanwhileWaitsForTheSuccessor() {
        ReplaceableDevice replaceable = (ReplaceableDevice) device;
        MemoryDevice next = new MemoryDevice("longer", 2L * SIZE, strand);
        replaceable.suspend();
        CompletableFuture<?>[] asked = askEverything();
        strand.run();
        assertThat(asked).noneMatch(CompletableFuture::isDone);
        assertThat(device.size()).isEqualTo(SIZE);
        replaceable.resume(next);
        strand.run();
        assertThat(asked).allMatch(request -> request.isDone() && !request.isCompletedExceptionally());
        assertThat(next.requests().stream().map(MemoryDevice.Request::kind))
                .containsExactly(Kind.WRITE, Kind.ZEROES, Kind.UPDATE, Kind.FLUSH, Kind.READ, Kind.STATUS);
        assertThat(device.size()).isEqualTo(2L * SIZE);
    }

    @Test
    void refusesASuccessorThatIsShorterOrNotExpected() {
        ReplaceableDevice replaceable = (ReplaceableDevice) device;
        MemoryDevice shorter = new MemoryDevice("shorter", SIZE - 512, strand);
        assertThatThrownBy(() -> replaceable.resume(shorter)).isInstanceOf(IllegalStateException.class);
        replaceable.suspend();
        assertThatThrownBy(replaceable::suspend).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> replaceable.resume(shorter)).isInstanceOf(IllegalStateException.class);
        replaceable.resume(new MemoryDevice("same", SIZE, strand));
        assertThat(disk.read(0, 512)).containsOnly(0);
    }
}
