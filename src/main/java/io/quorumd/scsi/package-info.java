/**
 * A logical unit: the SPC/SBC command set over any {@link io.quorumd.block.BlockDevice}.
 */
@NullMarked
package io.quorumd.scsi;

import org.jspecify.annotations.NullMarked;
