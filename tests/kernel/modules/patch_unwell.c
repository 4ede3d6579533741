/* The kernel takes it gladly; only the health command can tell that it is bad. */
#define SHOWN "patched and unwell"
#include "cmdline_patch.h"

static int __init patch_init(void) { return klp_enable_patch(&patch); }
static void __exit patch_exit(void) { }
module_init(patch_init);
module_exit(patch_exit);
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
