/**
 * Everything that outlives the process, apart from the children's own bytes: who a volume is and who its children are
 * ({@link io.quorumd.quorum.state.VolumeRecord}), which regions may differ or are known to be old, what was found wrong
 * and when, and SCSI's persistent reservations. {@code docs/state.md} describes the files.
 *
 * <p>What is decided from it ({@link io.quorumd.quorum.state.StartDecision}) is pure; what touches a disk goes through
 * {@link io.quorumd.quorum.state.StateStorage}.
 */
@NullMarked
package io.quorumd.quorum.state;

import org.jspecify.annotations.NullMarked;
