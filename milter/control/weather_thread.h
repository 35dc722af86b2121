#ifndef MILTER_CONTROL_WEATHER_THREAD_H
#define MILTER_CONTROL_WEATHER_THREAD_H

/* A thread that looks once a day at the DNS of watched domains. After store
 * and resolver are there. */
void weather_start(void);

#endif
