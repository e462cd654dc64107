/**
 * What a user may configure: {@link io.quorumd.service.config.QuorumdProperties} and the rules that its values keep. The
 * javadoc here is the documentation of each key (it becomes Spring Boot's configuration metadata).
 */
@NullMarked
package io.quorumd.service.config;

import org.jspecify.annotations.NullMarked;
