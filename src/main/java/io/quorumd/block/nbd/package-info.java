/**
 * Remote NBD exports as {@link io.quorumd.block.BlockDevice}s (NBD protocol, newstyle negotiation). One device is one
 * connection: when it breaks, every request in flight fails with ENODEV and the device stays dead, because a server that
 * came back may have lost what was not flushed. Whoever owns the device opens a new one and knows what that means.
 */
@NullMarked
package io.quorumd.block.nbd;

import org.jspecify.annotations.NullMarked;
