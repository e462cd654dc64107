/**
 * What HTTP has besides the resources of the API: the counters that the status page plots, headers, problem details. The
 * page itself, and the API's description, are in {@code src/main/resources/static}.
 */
@NullMarked
package io.quorumd.service.web;

import org.jspecify.annotations.NullMarked;
