// Placeholder until the first command lands.
return 0;
