#ifndef MILTER_COUNT_METRICS_H
#define MILTER_COUNT_METRICS_H

/*
 * The endpoint for Prometheus: GET /metrics over HTTP, without TLS or
 * password, and so for loopback or a unix socket.
 */

struct metric_sources;

/*
 * Where to listen: "127.0.0.1:9897", "[::1]:9897" or "unix:PATH"; "" for
 * nowhere. A server thread of its own answers. When it cannot be opened the
 * log says so and mail goes on. sources are kept.
 */
void metrics_start(const char *where, const struct metric_sources *sources);

#endif
