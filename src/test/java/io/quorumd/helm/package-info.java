/** The chart, rendered by Helm and read as Kubernetes would read it. */
@NullMarked
package io.quorumd.helm;

import org.jspecify.annotations.NullMarked;
