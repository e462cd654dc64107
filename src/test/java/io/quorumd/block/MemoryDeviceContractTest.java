package io.quorumd.block;

class MemoryDeviceContractTest extends BlockDeviceContract {

    @Override
    protected BlockDevice open() {
        return new MemoryDevice("memory", SIZE, new ManualStrand()).asynchronous();
    }
}
