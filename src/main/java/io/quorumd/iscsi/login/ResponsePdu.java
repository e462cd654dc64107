package io.quorumd.iscsi.login;

import io.netty.buffer.ByteBuf;

/**
 * A response to be sent: its 48 header bytes, DataSegmentLength entered, and its data without padding. Both are unpooled heap
 * buffers owned by the receiver.
 */
public record ResponsePdu(ByteBuf header, ByteBuf data) {}
