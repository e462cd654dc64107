/**
 * The one interface every storage thing has, {@link io.quorumd.block.BlockDevice}, and what travels with it.
 */
@NullMarked
package io.quorumd.block;

import org.jspecify.annotations.NullMarked;
