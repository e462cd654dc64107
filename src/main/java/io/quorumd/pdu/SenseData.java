package io.quorumd.pdu;

/**
 * Why a command ended in CHECK CONDITION (SPC-5 §4.5).
 *
 * @param key sense key, 0 to 15
 * @param asc additional sense code
 * @param ascq additional sense code qualifier
 */
public record SenseData(int key, int asc, int ascq) {}
