package io.quorumd.quorum.state;

/**
 * What configuration says about a volume, as far as its state is concerned.
 *
 * @param name the volume's; also the name of its folder
 * @param size in bytes, 0 when it is left out
 * @param blockSize logical block size in bytes
 * @param regionSize in bytes; taken at creation, later the recorded one counts
 * @param threshold votes needed; 1 for a volume of one child
 * @param wwn identity to take, empty to have one made
 */
public record VolumeWish(String name, long size, int blockSize, int regionSize, int threshold, String wwn) {}
