/**
 * Regular files and block devices of this host as {@link io.quorumd.block.BlockDevice}s.
 */
@NullMarked
package io.quorumd.block.file;

import org.jspecify.annotations.NullMarked;
