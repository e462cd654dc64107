/**
 * What is typed behind {@code java -jar quorumd.jar} to look at a service that runs, over its HTTP API. Loaded only then.
 */
@NullMarked
package io.quorumd.service.cli;

import org.jspecify.annotations.NullMarked;
