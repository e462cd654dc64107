package io.quorumd.scsi;

/**
 * How an EXTENDED COPY ended.
 *
 * @param segments how many were copied in full
 */
record CopyStatus(boolean succeeded, int segments) {}
