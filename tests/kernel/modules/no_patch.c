/* An honest module that is no livepatch: loading it would run code with no way back. */
#include <linux/module.h>

static int __init plain_init(void) { return 0; }
static void __exit plain_exit(void) { }
module_init(plain_init);
module_exit(plain_exit);
MODULE_LICENSE("GPL");
