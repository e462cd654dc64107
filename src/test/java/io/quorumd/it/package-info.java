/**
 * The packaged jar as its users meet it: started as a process, driven by real initiators (Linux in a guest, libiscsi,
 * QEMU), stopped, killed and started again.
 */
@NullMarked
package io.quorumd.it;

import org.jspecify.annotations.NullMarked;
