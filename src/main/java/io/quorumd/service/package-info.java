/**
 * The only package that knows Spring: configuration, beans, lifecycle, health, events.
 */
@NullMarked
package io.quorumd.service;

import org.jspecify.annotations.NullMarked;
