#ifndef POLICY_LOAD_CONFIG_ROWS_H
#define POLICY_LOAD_CONFIG_ROWS_H

#include "policy/config/setting.h"

/* Those of struct config (policy/config/conf.h). */
extern const struct setting_table config_table;

#endif
