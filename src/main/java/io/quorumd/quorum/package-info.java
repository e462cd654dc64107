/**
 * A {@link io.quorumd.block.BlockDevice} made of children: fan-out, vote, repair.
 */
@NullMarked
package io.quorumd.quorum;

import org.jspecify.annotations.NullMarked;
